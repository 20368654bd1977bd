{{/* Settings of the frontend, apart from the object, so that pods restart when they change and only then. */}}
{{- define "todo.frontend.config" -}}
BACKEND_URL: {{ printf "http://%s:%v" (include "todo.componentName" (dict "root" $ "component" "backend")) .Values.backend.service.port | quote }}
LOG_LEVEL: {{ .Values.frontend.config.logLevel | quote }}
TRUSTED_PROXY_HOPS: {{ .Values.frontend.config.trustedProxyHops | quote }}
{{- end }}
