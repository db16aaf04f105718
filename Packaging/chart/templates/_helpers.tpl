{{- define "northern.name" -}}
{{- printf "%s" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "northern.selector" -}}
app.kubernetes.io/name: northern
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "northern.labels" -}}
{{ include "northern.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
