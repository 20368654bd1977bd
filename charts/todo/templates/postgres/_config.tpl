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
{{ max 32 (divf (include "todo.postgres.bytes" . | float64) 4194304 | int64) }}
{{- end }}

{{/* An amount of bytes as a number. Takes one such as "256Mi". */}}
{{- define "todo.postgres.bytes" -}}
{{- $units := dict "m" 0.001 "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $number := regexFind "^[0-9.]+" . -}}
{{ mulf (float64 $number) (get $units (trimPrefix $number .)) }}
{{- end }}

{{/*
Refuses what Kubernetes never changes of a StatefulSet that is there: its volume. Helm would fail with "updates to statefulset spec for
fields other than ... are forbidden". Without a cluster to ask, as in `helm template`, nothing is refused.
*/}}
{{- define "todo.postgres.mustKeepVolume" -}}
{{- $name := include "todo.componentName" (dict "root" $ "component" "postgres") -}}
{{- $next := "See \"A larger volume\" in docs/production.md, or put the old value back." -}}
{{- range (lookup "apps/v1" "StatefulSet" .Release.Namespace $name | dig "spec" "volumeClaimTemplates" list) -}}
{{- $size := .spec.resources.requests.storage -}}
{{- $class := .spec.storageClassName | default "" -}}
{{- with $.Values.postgres.storage -}}
{{- if ne (include "todo.postgres.bytes" .size) (include "todo.postgres.bytes" $size) -}}
{{- fail (printf "postgres.storage.size is %s, and the StatefulSet %s was made with %s, which Kubernetes never changes. %s" .size $name $size $next) -}}
{{- end -}}
{{- if ne .className $class -}}
{{- fail (printf "postgres.storage.className is %q, and the StatefulSet %s was made with %q, which Kubernetes never changes. %s" .className $name $class $next) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
