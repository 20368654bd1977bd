{{/* Init containers that move the data from one major version of PostgreSQL to the next: its volume can be read by one version alone. */}}
{{- define "todo.postgres.upgrade" -}}
{{- $upgrade := .Values.postgres.upgrade -}}
{{- if eq $upgrade.folder .Values.postgres.folder -}}
{{- fail (printf "postgres.folder and postgres.upgrade.folder are both %s, but the new version needs a folder of its own. Set postgres.folder to another name, for example pgdata-18." $upgrade.folder) -}}
{{- end -}}
{{- $new := include "todo.image" (dict "component" "postgres" "image" .Values.postgres.image) -}}
{{- range $name, $image := dict "dump-old" $upgrade.image "restore-new" $new }}
- name: {{ $name }}
  image: {{ $image }}
  imagePullPolicy: {{ $.Values.global.imagePullPolicy }}
  command:
    - sh
    - -euc
    - |
      {{- $.Files.Get (printf "files/postgres/%s.sh" $name) | nindent 6 }}
  env:
    - name: FROM
      value: /var/lib/postgresql/data/{{ $upgrade.folder }}
    - name: PGDATA
      value: /var/lib/postgresql/data/{{ $.Values.postgres.folder }}
    - name: DUMP
      value: /var/lib/postgresql/data/upgrade.dump
    - name: POSTGRES_PASSWORD_FILE
      value: /run/secrets/todo/POSTGRES_PASSWORD
  resources:
    {{- toYaml $.Values.postgres.resources | nindent 4 }}
  securityContext:
    {{- include "todo.containerSecurityContext" $ | nindent 4 }}
  volumeMounts:
    - name: data
      mountPath: /var/lib/postgresql/data
    - name: tmp
      mountPath: /tmp
    {{- include "todo.secretMount" $ | nindent 4 }}
{{- end }}
{{- end }}
