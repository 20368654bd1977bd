{{/* Settings of the backend, apart from the object, so that pods restart when they change and only then. */}}
{{- define "todo.backend.config" -}}
LOG_LEVEL: {{ .Values.backend.config.logLevel | quote }}
CORS_ORIGINS: {{ join "," .Values.backend.config.corsOrigins | quote }}
API_VERSION: {{ .Values.backend.config.apiVersion | quote }}
{{- with .Values.backend.config.llmBaseUrl }}
LLM_BASE_URL: {{ . | quote }}
{{- end }}
{{- with .Values.backend.config.llmModel }}
LLM_MODEL: {{ . | quote }}
{{- end }}
FORWARDED_ALLOW_IPS: {{ join "," .Values.backend.config.trustedProxies | quote }}
{{- end }}
