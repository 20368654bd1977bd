{{/* Development in the cluster: the pods run images without code, which whoever started them copies into a volume. */}}

{{/* Refuses values that are not for one person's own cluster. */}}
{{- define "todo.development.check" -}}
{{- $next := "Leave development.enabled out: it is for `npm run dev` alone." -}}
{{- range $component := list "backend" "frontend" -}}
{{- $values := get $.Values $component -}}
{{- if or (gt (int $values.replicas) 1) $values.autoscaling.enabled -}}
{{- fail (printf "development.enabled is true, but there is more than one pod of %s. %s" $component $next) -}}
{{- end -}}
{{- end -}}
{{- if or .Values.ingress.enabled .Values.gateway.enabled (eq .Values.frontend.service.type "LoadBalancer") -}}
{{- fail (printf "development.enabled is true, but the frontend is published by an ingress, a Gateway or a load balancer. %s" $next) -}}
{{- end -}}
{{- end }}

{{/* Sidecar through which the code comes: the containers after it start once the code is complete.
Takes (dict "root" $ "image" $image). */}}
{{- define "todo.development.sidecar" -}}
{{- include "todo.development.check" .root -}}
- name: source
  image: {{ .image }}
  imagePullPolicy: {{ .root.Values.global.imagePullPolicy }}
  restartPolicy: Always
  # As the first process, a shell ends on a signal only if told to.
  command: [sh, -c, "trap exit TERM; while true; do sleep 3600 & wait; done"]
  startupProbe:
    exec:
      command: [test, -e, /source/.complete]
    periodSeconds: 1
    failureThreshold: 3600
  resources:
    requests:
      cpu: 10m
      memory: 16Mi
      ephemeral-storage: 64Mi
    limits:
      cpu: "1"
      memory: 128Mi
      ephemeral-storage: 256Mi
  securityContext:
    {{- include "todo.containerSecurityContext" .root | nindent 4 }}
  volumeMounts:
    - name: source
      mountPath: /source
{{- end }}

{{/* The folders of the code, where the image of production has them. Takes (list "src"). */}}
{{- define "todo.development.mounts" -}}
{{- range . }}
- name: source
  mountPath: /app/{{ . }}
  subPath: {{ . }}
  readOnly: true
{{- end }}
{{- end }}

{{/* The volume that the code is copied into. */}}
{{- define "todo.development.volume" -}}
- name: source
  emptyDir:
    sizeLimit: 64Mi
{{- end }}

{{/* In place of the probes of production. The pod is ready once it has answered, and stays it: code that is broken or hangs for a
while is no reason to restart the container, or to send nobody to it after it was repaired. Takes the path that says whether the pod is
ready. */}}
{{- define "todo.development.probes" -}}
startupProbe:
  httpGet:
    path: {{ . }}
    port: http
  periodSeconds: 1
  timeoutSeconds: 10
  failureThreshold: 3600
{{- end }}
