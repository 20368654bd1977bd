{{/* Whether the Prometheus operator is in the cluster, whose own Prometheus then reads the metrics. Empty if not. */}}
{{- define "todo.monitoring.byOperator" -}}
{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}true{{ end -}}
{{- end }}

{{/* The components that have metrics, with their ports. */}}
{{- define "todo.monitoring.ports" -}}
backend: 8000
frontend: 9464
{{- if ne .Values.operations.mode "off" }}
operations: 8080
{{- end }}
{{- end }}

{{/* Who reads the metrics, as a peer of a NetworkPolicy. */}}
{{- define "todo.monitoring.reader" -}}
{{- if include "todo.monitoring.byOperator" . -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .Values.monitoring.operatorNamespace }}
{{- else -}}
- podSelector:
    matchLabels:
      {{- include "todo.selectorLabels" (dict "root" . "component" "prometheus") | nindent 6 }}
{{- end -}}
{{- end }}

{{/* Prometheus' files, apart from the object, so that its pod restarts when they change and only then. */}}
{{- define "todo.monitoring.config" -}}
prometheus.yaml: |
  global:
    scrape_interval: 15s
    evaluation_interval: 15s
  storage:
    tsdb:
      retention:
        time: 7d
        size: 512MB
  rule_files: [rules.yaml]
  scrape_configs:
    {{- range $component, $port := include "todo.monitoring.ports" . | fromYaml }}
    - job_name: todo-{{ $component }}
      # The addresses of all pods, by name: that needs no right to ask the Kubernetes API.
      dns_sd_configs:
        - names: [{{ include "todo.componentName" (dict "root" $ "component" (printf "%s-metrics" $component)) }}]
          type: A
          port: {{ $port }}
          refresh_interval: 15s
    {{- end }}
rules.yaml: |
  {{- .Files.Get "files/monitoring/rules.yaml" | nindent 2 }}
index.html: |
  {{- .Files.Get "files/monitoring/index.html" | nindent 2 }}
{{- end }}
