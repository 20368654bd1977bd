{{/* Volume with the URL of the database and, unless the service account has a role, the credentials of the store. */}}
{{- define "todo.backup.secrets" -}}
{{- include "todo.secretVolume" (dict "root" $ "component" "backend" "keys" (list "DATABASE_URL")) }}
{{- with .Values.secrets.backup }}
      - secret:
          name: {{ . }}
          items:
            - key: S3_CREDENTIALS
              path: S3_CREDENTIALS
{{- end }}
{{- end }}
