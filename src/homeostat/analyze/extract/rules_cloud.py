"""What clouds, clusters, containers and accelerators say."""

from homeostat.analyze.extract.table import rules

CLOUD_RULES = rules(r"""
aws-s3-missing | not_found | an error occurred (404) | An error occurred \(404\)
terraform-lock | locked | error acquiring the state lock && lock info: | Error acquiring the state lock
aws-go | - | operation error~ | operation error (?P<id1>[\w ]{2,40}): (?P<id2>\w{2,60}), .{0,300}?StatusCode: \d{3},.{0,200}?\b(?:api error )?(?!(?:Request|Host)ID:)(?P<kind>(?-i:[A-Z][a-z]{1,30}[A-Z])\w{1,60}):
aws-operation | - | an error occurred ( | An error occurred \((?P<kind>[\w.]{1,80})\) when calling the (?P<id1>\w{1,80}) operation(?: \([^)]{0,60}\))?: ?(?P<say>.{0,60})
aws-credentials | auth | unable to locate credentials | Unable to locate credentials
aws-profile | config_missing | config profile | The config profile \(.{1,80}\) could not be found
aws-region | config_missing | you must specify a region | You must specify a region
aws-sso | auth | loading sso token | loading SSO Token
aws-sso | auth | sso session | (?:SSO session|Token has expired and refresh failed|sso login)
aws-sso | auth | token has expired and refresh failed | Token has expired and refresh failed
aws-endpoint | connection | could not connect to the endpoint url | Could not connect to the endpoint URL
aws-invalid-choice | invalid_arguments | argument operation: invalid choice | argument operation: Invalid choice
gcloud | - | error: (gcloud. | ERROR: \((?P<id1>gcloud[\w.-]{1,100})\) (?P<kind>[A-Z_]{4,40}): (?P<say>.{1,100})
gcloud | - | error: (gcloud. | ERROR: \((?P<id1>gcloud[\w.-]{1,100})\) (?P<say>.{1,200})
bigquery-missing | not_found | not found: table | Not found: Table (?:\S{1,200}?[.:])?(?P<id1>[\w-]{1,80})(?= |$)
bigquery-missing | not_found | not found: | Not found: (?P<id2>Dataset|Job|Project)\b
gcloud-bq | - | bq | BigQuery error in (?P<id1>[\w-]{1,40}) operation: (?P<say>.{1,100})
gsutil | - | exception: | (?P<kind>(?:AccessDenied|BucketNotFound|CommandException|ServiceException|ResumableUpload)\w{0,30}): (?P<say>.{1,100})
gcp-reauth | auth | reauthentication | Reauthentication (?:failed|is needed|required)
gcp-adc | auth | default credentials were not found | default credentials were not found
gcp-api-disabled | permission_denied | it is disabled | API has not been used in project .{1,80} before or it is disabled
az-code | - | ( | ^(?:ERROR: )?\((?P<kind>(?-i:[A-Z][a-z]{1,30}[A-Z])\w{3,60})\)
az-code | - | code: | ^Code: (?P<kind>[A-Z]\w{3,60})$
az-login | auth | az login | (?:az login|AADSTS\d{5,7})
az-aad | auth | aadsts | (?P<kind>AADSTS\d{5,7})
az-missing-arguments | invalid_arguments | the following arguments are required | the following arguments are required: (?P<id1>\S{1,60})
k8s-modified | locked | the object has been modified | Operation cannot be fulfilled on .{1,120}: the object has been modified
k8s-server | - | error from server ( | Error from server \((?P<kind>\w{1,40})\): (?P<say>.{1,160})
k8s-resource-type | not_found | doesn't have a resource type | the server doesn't have a resource type "(?P<id1>[^"]{1,60})
k8s-no-match | not_found | no matches for kind | no matches for kind "(?P<id1>[^"]{1,60})" in version "(?P<id2>[^"]{1,60})
k8s-unreachable | connection | the connection to the server | The connection to the server .{1,200} was refused
k8s-tls | tls | unable to connect to the server | Unable to connect to the server: (?:x509|tls): (?P<say>.{1,80})
k8s-unreachable | - | unable to connect to the server | Unable to connect to the server: (?P<say>.{1,120})
k8s-context | config_missing | context | (?:context|cluster) .{1,100} does not exist$
k8s-config | config_missing | current-context is not set | current-context is not set
k8s-login | auth | you must be logged in to the server | You must be logged in to the server
k8s-imagepull | not_found | failed to pull image | Failed to pull image .{1,300}(?P<id1>not found|manifest unknown)
k8s-imagepull-auth | auth | failed to pull image | Failed to pull image .{1,300}(?:unauthorized|denied|authentication required|forbidden)
k8s-imagepull-connection | connection | failed to pull image | Failed to pull image .{1,300}(?:timeout|dial tcp|no such host)
k8s-imagepull-backoff | not_found | back-off pulling image | Back-off pulling image
k8s-imagepull-backoff | not_found | imagepullbackoff | ImagePullBackOff
k8s-crashloop | server_crashed | back-off restarting failed container | Back-off restarting failed container
k8s-crashloop | server_crashed | crashloopbackoff | CrashLoopBackOff
k8s-oomkilled | out_of_memory | oomkilled | OOMKilled
k8s-evicted | disk_full | low on resource: ephemeral | low on resource: ephemeral-storage
k8s-evicted | out_of_memory | the node was low on resource | The node was low on resource: (?P<id1>[\w-]{1,40})
k8s-unschedulable | quota | failedscheduling | FailedScheduling.{0,200}(?P<id1>Insufficient [\w./-]{1,40}|untolerated taint|node affinity|volume)
k8s-unschedulable | quota | nodes are available | nodes are available: .{0,100}?(?P<id1>Insufficient [\w./-]{1,40}|untolerated taint|node affinity|node selector|volume)
k8s-quota | quota | exceeded quota | exceeded quota
k8s-probe | - | probe failed | (?P<id1>Liveness|Readiness|Startup) probe failed: (?P<say>.{0,80})
k8s-mount | - | failedmount | FailedMount.{0,200}(?P<id1>timed out|not found|permission denied)
k8s-mount | not_found | mountvolume.setup failed | MountVolume\.SetUp failed for volume .{1,100} : (?P<id1>configmap|secret)
k8s-config-key | config_missing | couldn't find key | couldn't find key (?P<id1>[\w.-]{1,80})
k8s-rollout | timeout | timed out waiting for the condition | timed out waiting for the condition
k8s-rollout | timeout | exceeded its progress deadline | exceeded its progress deadline
k8s-validation | invalid_arguments | error validating data | error validating (?:data|"[^"]{1,200}").{0,200}(?:unknown field "(?P<id1>[^"]{1,100})|missing required field "(?P<id2>[^"]{1,100}))
k8s-invalid | invalid_arguments | is invalid: | ^The (?P<id1>\w{1,40}) ".{1,100}" is invalid: (?P<id2>[\w.]{1,80})
k8s-yaml | parse_error | error converting yaml to json | error converting YAML to JSON: yaml: (?:line \d{1,6}: )?(?P<say>.{1,120})
k8s-no-manifest | config_missing | no such file or directory | ^error: (?:stat|open) \S{1,300}\.(?:ya?ml|json): no such file
k8s-no-manifest | config_missing | does not exist | ^error: the path "[^"]{1,300}" does not exist
k8s-exec | not_found | container not found | container not found
k8s-lost | connection | lost connection to pod | lost connection to pod
helm-release | not_found | release: not found | release: not found
helm-release | not_found | has no deployed releases | has no deployed releases
helm-name | already_exists | cannot re-use a name that is still in use | cannot re-use a name
helm-locked | locked | another operation (install/upgrade/rollback) is in progress | another operation
helm-repo | not_found | repo | (?:Error: )?repo .{1,80} not found
helm-template | syntax | execution error at | execution error at \(.{1,200}\): (?P<say>.{1,160})
helm-chart | not_found | chart | chart ".{1,80}" (?:matching .{1,40} )?not found
terraform-init | config_missing | terraform init | (?:Error: )?(?P<say>(?:Inconsistent dependency lock file|Backend initialization required|Module not installed|Required plugins are not installed|Could not load plugin|Missing required provider).{0,40})
terraform-init | config_missing | backend initialization required | Backend initialization required
terraform-init | config_missing | inconsistent dependency lock file | Inconsistent dependency lock file
terraform-init | config_missing | module not installed | Module not installed
terraform-lock | locked | error acquiring the state lock | Error acquiring the state lock
terraform-variable | config_missing | no value for required variable | No value for required variable
terraform-undeclared | build_error | reference to undeclared | Reference to undeclared (?P<say>[\w ]{1,40})
terraform-argument | invalid_arguments | unsupported argument | Unsupported (?P<say>argument|attribute|block type)
terraform-argument | invalid_arguments | missing required argument | Missing required argument
terraform-reference | build_error | invalid reference | Error: (?P<say>Invalid reference)
terraform-cycle | build_error | error: cycle: | Error: Cycle:
terraform-provider | dependency | failed to query available provider packages | Failed to query available provider packages
terraform-credentials | auth | no valid credential sources found | No valid credential sources found
terraform-duplicate | build_error | duplicate resource | Duplicate (?P<say>resource|variable|module|provider|output)
terraform-config | config_missing | no configuration files | No configuration files
terraform-workspace | not_found | doesn't exist | [Ww]orkspace ".{1,80}" doesn't exist
terraform-syntax | syntax | error:~ && .tf line | ^(?:│ )?Error: (?P<say>(?:Unclosed|Unterminated|Missing newline|Invalid (?:expression|character|block|multi-line|template)|Argument or block definition|Unsupported operator|Missing (?:key|item|attribute|expression)|Extra characters).{0,60})
terraform-provider | - | │ error:~ | ^│ Error: (?P<say>(?:creating|reading|updating|deleting|waiting|modifying|putting|error \w{3,20}ing|failed to|googleapi|operation error|\w{1,40} \w{0,20}: googleapi).{1,400})
terraform-error | build_error | error:~ && .tf line | ^(?:│ )?Error: (?!Terraform (?:encountered|failed))(?P<say>.{1,120})
terraform-error | - | │ error:~ | ^│ Error: (?!Terraform (?:encountered|failed))(?P<say>.{1,120})
pulumi-stack | not_found | no stack named | no stack named
pulumi-login | auth | pulumi login | (?:pulumi login|PULUMI_ACCESS_TOKEN)
ansible-unreachable | connection | unreachable! | UNREACHABLE!
ansible-failed | - | failed! => | FAILED! => \{.{0,400}"msg": "(?P<say>[^"]{1,200})
ansible-module | invalid_arguments | couldn't resolve module/action | couldn't resolve module/action '(?P<id1>[^']{1,80})
ansible-undefined | config_missing | the error was: | The error was: '?(?P<id1>[\w.]{1,80})'? is undefined
docker-daemon | connection | cannot connect to the docker daemon | Cannot connect to the Docker daemon
docker-daemon | connection | docker.sock: connect: no such file | docker\.sock: connect: no such file
docker-permission | permission_denied | permission denied while trying to connect to the docker | permission denied while trying to connect to the (?:Docker|docker)
docker-nospace | disk_full | no space left on device | Error response from daemon: .{0,300}no space left on device
docker-port | locked | port is already allocated | port is already allocated
docker-port | locked | ports are not available | ports are not available
docker-name-conflict | already_exists | is already in use by container | is already in use by container
docker-no-container | not_found | no such container | No such container
docker-no-image | not_found | no such image | No such (?:image|object)
docker-no-network | not_found | network | network .{1,120} not found
docker-no-volume | not_found | no such volume | no such volume
docker-no-service | not_found | no such service | no such service: (?P<id1>[\w.-]{1,80})
docker-not-running | server_crashed | is not running | [Cc]ontainer .{1,120} is not running
docker-manifest | not_found | manifest unknown | manifest unknown
docker-manifest | not_found | manifest for | manifest for .{1,200} not found
docker-platform | dependency | no matching manifest for | no matching manifest for (?P<id1>[\w/]{1,40})
docker-pull-limit | rate_limit | reached your pull rate limit | reached your (?:unauthenticated )?pull rate limit
docker-pull-limit | rate_limit | toomanyrequests | toomanyrequests
docker-pull-denied | auth | pull access denied | pull access denied
docker-pull-denied | auth | requested access to the resource is denied | requested access to the resource is denied
docker-auth | auth | no basic auth credentials | no basic auth credentials
docker-auth | auth | unauthorized: authentication required | unauthorized: authentication required
docker-auth | auth | unauthorized: incorrect username | incorrect username or password
docker-no-dockerfile | config_missing | failed to read dockerfile | failed to read dockerfile
docker-no-compose | config_missing | no configuration file provided | no configuration file provided
docker-no-compose | config_missing | can't find a suitable configuration file | Can't find a suitable configuration file
docker-copy | not_found | failed to compute cache key | failed to compute cache key
docker-copy | not_found | copy failed | COPY failed
docker-parse | syntax | dockerfile parse error | dockerfile parse error .{0,40}: (?P<say>unknown instruction|.{1,60})
compose-property | invalid_arguments | additional propert | (?P<say>additional propert.{1,100})
docker-reference | invalid_arguments | invalid reference format | invalid reference format
docker-entrypoint | server_crashed | oci runtime create failed | OCI runtime (?:create|exec) failed: (?P<say>.{1,160})
docker-oci | server_crashed | oci runtime exec failed | OCI runtime (?:create|exec) failed: (?P<say>.{1,160})
docker-mount | invalid_arguments | invalid mount config | invalid mount config
docker-volume | invalid_arguments | invalid volume specification | invalid volume specification
docker-tty | invalid_arguments | the input device is not a tty | the input device is not a TTY
docker-unhealthy | server_crashed | is unhealthy | (?:container|dependency) .{0,120} is unhealthy
docker-compose-env | config_missing | required variable | required variable (?P<id1>\w{1,80}) is missing a value
docker-storage-busy | locked | is in use - | volume is in use
docker-image-used | locked | image is being used by | image is (?:being used|referenced)
docker-gpu | dependency | could not select device driver | could not select device driver
docker-buildx | dependency | buildx component is missing | buildx component is missing
hub-missing | not_found | not found for url | (?P<id1>Repository|Entry|Revision) Not Found for url
cuda-oom | out_of_memory | cuda out of memory | CUDA out of memory
cuda-oom | out_of_memory | cuda error: out of memory | CUDA error: out of memory
cuda-oom | out_of_memory | cuda_error_out_of_memory | CUDA_ERROR_OUT_OF_MEMORY
cuda-oom | out_of_memory | cublas_status_alloc_failed | CUBLAS_STATUS_ALLOC_FAILED
mps-oom | out_of_memory | mps backend out of memory | MPS backend out of memory
hip-oom | out_of_memory | hip out of memory | HIP out of memory
tf-oom | out_of_memory | oom when allocating tensor | OOM when allocating tensor
cuda-no-device | config_missing | no cuda gpus are available | No CUDA GPUs are available
cuda-no-device | config_missing | no cuda-capable device | no CUDA-capable device
cuda-driver | dependency | no nvidia driver on your system | Found no NVIDIA driver
cuda-driver | dependency | nvidia driver on your system is too old | NVIDIA driver on your system is too old
cuda-driver | dependency | cuda driver version is insufficient | CUDA driver version is insufficient
nvidia-smi | dependency | couldn't communicate with the nvidia driver | couldn't communicate with the NVIDIA driver
nvidia-smi | dependency | driver/library version mismatch | Driver/library version mismatch
cuda-not-compiled | dependency | torch not compiled with cuda | Torch not compiled with CUDA enabled
cuda-no-kernel | dependency | no kernel image is available | no kernel image is available
cuda-assert | value_error | device-side assert triggered | device-side assert triggered
cuda-illegal | server_crashed | illegal memory access | illegal memory access
cuda-library | dependency | cannot open shared object file | (?P<id1>lib[\w.+-]{1,60}?\.so)[\w.]{0,20}: cannot open shared object file
cuda-devices | type_error | expected all tensors to be on the same device | Expected all tensors to be on the same device
torch-shapes | value_error | shapes cannot be multiplied | shapes cannot be multiplied
torch-size | value_error | size mismatch for | size mismatch for (?P<id1>[\w.]{1,100})
nccl | timeout | nccl | (?:NCCL.{0,100}(?:timeout|timed out)|Watchdog caught collective operation timeout)
nccl-error | connection | nccl error | NCCL error.{0,100}(?P<id1>unhandled \w{1,20} error|internal error|invalid usage)
slurm-quota | quota | batch job submission failed && policy | Batch job submission failed: .{0,60} violates accounting/QOS policy
slurm-partition | - | batch job submission failed | Batch job submission failed: (?P<say>.{1,100})
slurm-oom | out_of_memory | oom-kill event | oom[-_]kill event
slurm-limit | timeout | due to time limit | DUE TO TIME LIMIT
oom-killed | out_of_memory | out of memory: killed process | Out of memory: Killed process
vercel | - | vercel | Error: (?P<say>(?:No existing credentials|The specified token|Project not found).{0,80})
heroku-app | not_found | couldn't find that app | Couldn't find that app
fly-app | not_found | could not find app | Could not find App
wrangler | - | [code: | \[code: (?P<id1>\d{3,6})\]
""")  # noqa: E501  # one rule a row
