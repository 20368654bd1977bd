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
DATABASE_POOL_SIZE: {{ include "todo.backend.poolSize" . | quote }}
{{- end }}

{{/* Database connections of one backend pod, so that the pods together need no more than PostgreSQL has. It keeps 3 for its
administrator; 10 are left for backups, init containers and people. A rollout adds one pod to the most there can be, and each pod
has one more connection for its probes. */}}
{{- define "todo.backend.poolSize" -}}
{{- $pods := int .Values.backend.replicas -}}
{{- if .Values.backend.autoscaling.enabled -}}
{{- $pods = max $pods (int .Values.backend.autoscaling.maxReplicas) -}}
{{- end -}}
{{- $all := int .Values.backend.config.databaseConnections -}}
{{- $free := sub $all 13 -}}
{{- $each := sub (div $free (add $pods 1)) 1 -}}
{{- if lt $each 2 -}}
{{- fail (printf "%d backend pods need more database connections than the %d of PostgreSQL. Set backend.replicas and backend.autoscaling.maxReplicas to %d at most, or backend.config.databaseConnections to what your PostgreSQL takes." (int $pods) $all (int (sub (div $free 3) 1))) -}}
{{- end -}}
{{ min $each 10 }}
{{- end }}
