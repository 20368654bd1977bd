{{/* Settings of the frontend, apart from the object, so that pods restart when they change and only then. */}}
{{- define "todo.frontend.config" -}}
BACKEND_URL: {{ printf "http://%s:%v" (include "todo.componentName" (dict "root" $ "component" "backend")) .Values.backend.service.port | quote }}
LOG_LEVEL: {{ .Values.frontend.config.logLevel | quote }}
TRUSTED_PROXY_HOPS: {{ .Values.frontend.config.trustedProxyHops | quote }}
PROBES_PORT: {{ include "todo.frontend.probesPort" . | quote }}
{{- if .Values.monitoring.enabled }}
METRICS_PORT: {{ (include "todo.monitoring.ports" . | fromYaml).frontend | quote }}
{{- end }}
{{- end }}

{{/* Where it answers probes. Its own port may have hundreds of connections that wait. */}}
{{- define "todo.frontend.probesPort" -}}
3001
{{- end }}

{{/* The reverse proxies whose headers the frontend believes, as peers of a NetworkPolicy. */}}
{{- define "todo.frontend.proxies" -}}
{{- $namespaces := list -}}
{{- if .Values.ingress.enabled -}}
{{- $namespaces = append $namespaces .Values.ingress.controllerNamespace -}}
{{- end -}}
{{- if .Values.gateway.enabled -}}
{{- $namespaces = append $namespaces .Values.gateway.proxyNamespace -}}
{{- end -}}
{{- $namespaces = compact $namespaces -}}
{{- if not (or $namespaces .Values.networkPolicy.proxies) -}}
{{- fail (printf "frontend.config.trustedProxyHops is %v, but no value says where that proxy is, so anybody could pretend to be it. Set networkPolicy.proxies to the networks that it comes from, ingress.controllerNamespace or gateway.proxyNamespace to its namespace, or frontend.config.trustedProxyHops to 0." .Values.frontend.config.trustedProxyHops) -}}
{{- end -}}
{{- range $namespaces }}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ . }}
{{- end }}
{{- range .Values.networkPolicy.proxies }}
- ipBlock:
    cidr: {{ . }}
{{- end }}
{{- end }}

{{/* Name of the Secret with the certificate: an existing one, or the one that cert-manager makes. */}}
{{- define "todo.frontend.tlsSecret" -}}
{{- with .Values.ingress.tls -}}
{{- if .secretName -}}
{{ .secretName }}
{{- else if .issuer -}}
{{ include "todo.fullname" $ }}-tls
{{- else -}}
{{- fail "ingress.tls.secretName is empty. Set it to the name of a Secret of type kubernetes.io/tls, or ingress.tls.issuer to an issuer of cert-manager, or ingress.tls.provided=true if the controller has the certificate, or ingress.tls.enabled=false." -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Annotations of the ingress: those of NGINX, which Traefik reads too, then the user's. CORS as in the backend itself, and
without cookies, which are for the site's own pages: controllers allow them unless told. */}}
{{- define "todo.frontend.ingressAnnotations" -}}
{{- if .Values.ingress.tls.enabled }}
nginx.ingress.kubernetes.io/ssl-redirect: "true"
{{- with .Values.ingress.tls.issuer }}
cert-manager.io/{{ $.Values.ingress.tls.issuerKind | kebabcase }}: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.backend.config.corsOrigins }}
nginx.ingress.kubernetes.io/enable-cors: "true"
nginx.ingress.kubernetes.io/cors-allow-origin: {{ join "," . | quote }}
nginx.ingress.kubernetes.io/cors-allow-methods: GET, POST, PATCH, DELETE, OPTIONS
nginx.ingress.kubernetes.io/cors-allow-headers: Authorization, Content-Type, If-Match, X-Request-ID
nginx.ingress.kubernetes.io/cors-allow-credentials: "false"
{{- end }}
{{- with .Values.ingress.annotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
