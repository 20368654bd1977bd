{{/* Settings of the frontend, apart from the object, so that pods restart when they change and only then. */}}
{{- define "todo.frontend.config" -}}
BACKEND_URL: {{ printf "http://%s:%v" (include "todo.componentName" (dict "root" $ "component" "backend")) .Values.backend.service.port | quote }}
LOG_LEVEL: {{ .Values.frontend.config.logLevel | quote }}
TRUSTED_PROXY_HOPS: {{ .Values.frontend.config.trustedProxyHops | quote }}
{{- end }}

{{/* Annotations of the ingress: those of NGINX, which Traefik reads too, then the user's. */}}
{{- define "todo.frontend.ingressAnnotations" -}}
{{- if .Values.ingress.tls.enabled }}
nginx.ingress.kubernetes.io/ssl-redirect: "true"
{{- end }}
{{- with .Values.backend.config.corsOrigins }}
nginx.ingress.kubernetes.io/enable-cors: "true"
nginx.ingress.kubernetes.io/cors-allow-origin: {{ join "," . | quote }}
nginx.ingress.kubernetes.io/cors-allow-methods: GET, POST, PATCH, DELETE, OPTIONS
nginx.ingress.kubernetes.io/cors-allow-headers: Authorization, Content-Type
{{- end }}
{{- with .Values.ingress.annotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
