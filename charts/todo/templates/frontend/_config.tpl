{{/* Settings of the frontend, apart from the object, so that pods restart when they change and only then. */}}
{{- define "todo.frontend.config" -}}
BACKEND_URL: {{ printf "http://%s:%v" (include "todo.componentName" (dict "root" $ "component" "backend")) .Values.backend.service.port | quote }}
LOG_LEVEL: {{ .Values.frontend.config.logLevel | quote }}
TRUSTED_PROXY_HOPS: {{ .Values.frontend.config.trustedProxyHops | quote }}
{{- if .Values.monitoring.enabled }}
METRICS_PORT: {{ (include "todo.monitoring.ports" . | fromYaml).frontend | quote }}
{{- end }}
{{- end }}

{{/* Annotations of the ingress: those of NGINX, which Traefik reads too, then the user's. CORS as in the backend itself, and
without cookies, which are for the site's own pages: controllers allow them unless told. */}}
{{- define "todo.frontend.ingressAnnotations" -}}
{{- if .Values.ingress.tls.enabled }}
nginx.ingress.kubernetes.io/ssl-redirect: "true"
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
