{{/* Arguments of PostgreSQL: memory by the size of the pod, connections as many as are shared out, then the user's settings, which win. */}}
{{- define "todo.postgres.arguments" -}}
{{- $settings := dict "shared_buffers" (printf "%dMB" (include "todo.postgres.quarter" .Values.postgres.resources.limits.memory | int64)) -}}
{{- if ne (int .Values.backend.config.databaseConnections) 100 -}}
{{- $_ := set $settings "max_connections" (int .Values.backend.config.databaseConnections) -}}
{{- end -}}
{{- $settings = merge (deepCopy .Values.postgres.settings) $settings -}}
{{- $arguments := list "postgres" -}}
{{- range $name := keys $settings | sortAlpha -}}
{{- $arguments = concat $arguments (list "-c" (printf "%s=%v" $name (get $settings $name))) -}}
{{- end -}}
[{{ range $index, $argument := $arguments }}{{ if $index }}, {{ end }}{{ if or (eq $argument "-c") (regexMatch "^[A-Za-z0-9_.=-]+$" $argument) }}{{ $argument }}{{ else }}{{ toJson $argument }}{{ end }}{{ end }}]
{{- end }}

{{/* A quarter of an amount of memory in MiB, at least 32. Takes an amount such as "256Mi". */}}
{{- define "todo.postgres.quarter" -}}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $number := regexFind "^[0-9.]+" . -}}
{{- $bytes := mulf (float64 $number) (get $units (trimPrefix $number .)) -}}
{{ max 32 (divf $bytes 4194304 | int64) }}
{{- end }}
