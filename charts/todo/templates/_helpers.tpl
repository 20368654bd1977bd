{{/* Chart name, the value of app.kubernetes.io/name. */}}
{{- define "todo.name" -}}
{{ .Chart.Name }}
{{- end }}

{{/* Prefix of every object's name: the release, with the chart's name unless the release already contains it. */}}
{{- define "todo.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* Name of one component's objects. Takes (dict "root" $ "component" "backend"). */}}
{{- define "todo.componentName" -}}
{{ include "todo.fullname" .root }}-{{ .component }}
{{- end }}

{{/* Labels that never change during a release's life: selectors, and pods, so that a new chart version restarts no pod.
Takes (dict "root" $ "component" "backend"). */}}
{{- define "todo.selectorLabels" -}}
app.kubernetes.io/name: {{ include "todo.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of every object. Takes (dict "root" $ "component" "backend"). */}}
{{- define "todo.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "todo.selectorLabels" . }}
app.kubernetes.io/part-of: {{ include "todo.name" .root }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* Image reference; refuses a missing or moving tag. Takes (dict "component" "backend" "image" .Values.backend.image). */}}
{{- define "todo.image" -}}
{{- if not .image.tag -}}
{{- fail (printf "%s.image.tag is empty. Set it to the tag of a built image, for example --set %s.image.tag=1.0.0." .component .component) -}}
{{- else if eq .image.tag "latest" -}}
{{- fail (printf "%s.image.tag is \"latest\", which moves without restarting pods. Set an exact tag, for example --set %s.image.tag=1.0.0." .component .component) -}}
{{- end -}}
{{ printf "%s:%s" .image.repository .image.tag }}
{{- with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/*
What all pods have in common: how their images are pulled, and on which nodes they may run.
Takes (dict "root" $), and "nodeSelector" for labels that a node must have besides.
*/}}
{{- define "todo.placement" -}}
{{- $global := .root.Values.global }}
{{- with $global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with merge (dict) (.nodeSelector | default dict) $global.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $global.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $global.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Pod-level hardening, as the restricted Pod Security Standard asks. Takes (dict "root" $ "user" 65532). */}}
{{- define "todo.podSecurityContext" -}}
runAsNonRoot: true
{{- if .root.Values.global.fixedUserIds }}
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
fsGroup: {{ .user }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Hardening of every container and init container. */}}
{{- define "todo.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Replacing pods without losing a request: the new pod is ready before an old one goes. */}}
{{- define "todo.rollout" -}}
# Above the longest bounded wait of an init container plus the start-up probe's.
progressDeadlineSeconds: 300
revisionHistoryLimit: 5
strategy:
  type: RollingUpdate
  rollingUpdate:
    maxSurge: 1
    maxUnavailable: 0
{{- end }}

{{/* Spreads a component's pods over the nodes and, where asked for, over the zones. Takes (dict "root" $ "component" "backend"). */}}
{{- define "todo.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: {{ .root.Values.global.spread.nodes }}
  {{- if eq .root.Values.global.spread.nodes "DoNotSchedule" }}
  # A node that takes no pods, because it is drained or dead, must not keep others from taking them.
  nodeTaintsPolicy: Honor
  {{- end }}
  labelSelector:
    matchLabels:
      {{- include "todo.selectorLabels" . | nindent 6 }}
  # Counts the pods of one revision, or a rollout would leave them lopsided.
  matchLabelKeys: [pod-template-hash]
{{- if .root.Values.global.spread.zones }}
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "todo.selectorLabels" . | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}

{{/* Keeps one client on one pod for three hours, or on none. Takes "ClientIP" or "None". */}}
{{- define "todo.sessionAffinity" -}}
sessionAffinity: {{ . }}
{{- if eq . "ClientIP" }}
sessionAffinityConfig:
  clientIP:
    timeoutSeconds: 10800
{{- end }}
{{- end }}

{{/* Volume with the named keys of the component's Secret, one file each; a pod does not start without the required ones.
Takes (dict "root" $ "component" "backend" "keys" (list "JWT_SECRET") "optional" (list "OPENAI_API_KEY")). */}}
{{- define "todo.secretVolume" -}}
{{- $name := required (printf "secrets.%s is empty. Set it to the name of a Secret with the keys %s." .component (join ", " .keys)) (get .root.Values.secrets .component) -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ $name }}
          items:
            {{- range .keys }}
            - key: {{ . }}
              path: {{ . }}
            {{- end }}
      {{- range .optional }}
      - secret:
          name: {{ $name }}
          optional: true
          items:
            - key: {{ . }}
              path: {{ . }}
      {{- end }}
{{- end }}

{{/* Where secretVolume is mounted; the applications look for their settings there first. */}}
{{- define "todo.secretMount" -}}
- name: secrets
  mountPath: /run/secrets/todo
  readOnly: true
{{- end }}

{{/* Egress rules of a NetworkPolicy: the database, and what else the backend may reach, of which an external database is one. */}}
{{- define "todo.allowDatabase" -}}
{{- if .Values.postgres.enabled }}
- to:
    - podSelector:
        matchLabels:
          {{- include "todo.selectorLabels" (dict "root" $ "component" "postgres") | nindent 10 }}
  ports:
    - port: 5432
{{- end }}
{{- range .Values.networkPolicy.backendEgress }}
{{ include "todo.allowNetwork" . }}
{{- end }}
{{- end }}

{{/* Egress rule of a NetworkPolicy: one network. Takes (dict "cidr" "192.0.2.7/32" "port" 5432). */}}
{{- define "todo.allowNetwork" -}}
- to:
    - ipBlock:
        cidr: {{ .cidr }}
        {{- if eq .cidr "0.0.0.0/0" }}
        # The Internet, not the cluster or the network around it.
        except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
        {{- else if eq .cidr "::/0" }}
        # Likewise.
        except: ["fc00::/7", "fe80::/10"]
        {{- end }}
  ports:
    - port: {{ .port }}
{{- end }}

{{/* Egress rule of a NetworkPolicy: names are resolved by the cluster's DNS and nobody else. */}}
{{- define "todo.allowDns" -}}
{{- with .Values.networkPolicy.dns -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace }}
      podSelector:
        {{- with .podLabels }}
        matchLabels:
          {{- toYaml . | nindent 10 }}
        {{- else }}
        # A cache on the node is a pod to some network plugins, such as that of GKE.
        matchExpressions:
          - { key: k8s-app, operator: In, values: [kube-dns, node-local-dns] }
        {{- end }}
    {{- range .addresses }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  ports:
    {{- range .ports }}
    - port: {{ . }}
      protocol: UDP
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- end }}
