{{/* What the controller for operations may compare the namespace with: every object of the release of a kind that it looks at, as JSON. It
is rendered from the templates themselves, so it can be no other than what is applied. There is no Secret among them. */}}
{{- define "todo.operations.released" -}}
{{- $objects := list }}
{{- range list
  "backend/configmap" "backend/deployment" "backend/service"
  "frontend/configmap" "frontend/deployment" "frontend/service"
  "postgres/service" "postgres/statefulset"
  "network/backend" "network/default-deny" "network/frontend" "network/postgres"
  "backup/networkpolicy" "tests/networkpolicy" "operations/networkpolicy"
  "monitoring/configmap" "monitoring/dashboard" "monitoring/deployment" "monitoring/metrics-services"
  "monitoring/networkpolicy" "monitoring/service"
}}
{{- range regexSplit "(?m)^---$" (include (printf "%s/%s.yaml" $.Template.BasePath .) $) -1 }}
{{- $object := fromYaml . }}
{{- $isOwn := eq (dig "metadata" "labels" "app.kubernetes.io/component" "" $object) "operations" }}
{{- if and $object.kind (not (and $isOwn (eq $object.kind "Service"))) }}
{{- $objects = append $objects $object }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $objects }}
{{- end }}

{{/* Name of the ConfigMap with that. Other objects have another name: the controller knows by it whether a release is under way. */}}
{{- define "todo.operations.releasedName" -}}
{{ include "todo.componentName" (dict "root" . "component" "released") }}-{{ include "todo.operations.released" . | sha256sum | trunc 10 }}
{{- end }}

{{/* How the controller is to work, as JSON. */}}
{{- define "todo.operations.settings" -}}
{{- $name := include "todo.componentName" (dict "root" . "component" "operations") }}
{{- $quiet := .Values.operations.policy.quietHours }}
{{- $policy := omit .Values.operations.policy "quietHours" }}
{{- $prometheus := "" }}
{{- if and .Values.monitoring.enabled (not (include "todo.monitoring.byOperator" .)) }}
{{- $prometheus = printf "http://%s:9090" (include "todo.componentName" (dict "root" . "component" "prometheus")) }}
{{- end }}
{{- $signIn := omit .Values.operations.signIn "egress" }}
{{- if and $signIn.issuer (or (empty $signIn.keys) (empty $signIn.people)) }}
{{- fail "operations.signIn.issuer is set, but operations.signIn.keys or operations.signIn.people is empty. Set keys to the URL of the issuer's public keys, and people to who may call." }}
{{- end }}
{{- $webhook := dict "format" .Values.operations.webhook.format "urlFile" "/run/secrets/todo/WEBHOOK_URL" }}
{{- dict
  "mode" .Values.operations.mode
  "namespace" .Release.Namespace
  "lease" $name
  "incidents" (printf "%s-incidents" $name)
  "approvals" (printf "%s-approvals" $name)
  "released" (include "todo.operations.releasedName" .)
  "frontend" (printf "http://%s:%d" (include "todo.componentName" (dict "root" . "component" "frontend")) (int .Values.frontend.service.port))
  "prometheus" $prometheus
  "lateMilliseconds" .Values.operations.lateMilliseconds
  "policy" (set $policy "quietHours" (ternary $quiet nil (and (ne $quiet.from "") (ne $quiet.to ""))))
  "webhook" (ternary $webhook nil (ne .Values.secrets.operations ""))
  "signIn" (ternary $signIn nil (ne $signIn.issuer ""))
  "assistants" (ternary (dict "folder" "/run/secrets/assistants") nil (ne .Values.secrets.assistants ""))
  | toJson }}
{{- end }}
