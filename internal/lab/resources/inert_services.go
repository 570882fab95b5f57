package resources

import "strings"

// service is an AWS service whose resource types carry, admit and divert no packet in a
// VPC: what they would do happens elsewhere, or they are hosts where nothing answers here.
type service struct {
	// why says what does not happen.
	why string
	// arn is the service's name in ARNs. Default: the namespace's last part in lower case.
	arn string
}

const (
	noServer    = "no server runs: nothing answers at its endpoint"
	noMetrics   = "there are no metrics"
	noMessages  = "no messages are delivered"
	noContainer = "no image can be pulled: no container runs"
	noJobs      = "no jobs run"
	noEdge      = "nobody answers at its URL"
	noModels    = "nothing is trained, asked or served"
	noChecks    = "nothing is evaluated"
	noDevices   = "there are no devices"
	noKeys      = "nothing is encrypted"
	noBuilds    = "nothing is built"
	noSignIn    = "nobody signs in"
	noPolicies  = "organizations and accounts are not managed"
	noMedia     = "no media are processed"
)

// inertServices are the services whose types are inert as a class, but for [carriers] and
// the types that the lab has. A service that is not here has types that could carry traffic,
// or nobody has looked at it yet.
var inertServices = map[string]service{
	"AWS::ACMPCA": {why: "no certificates are issued", arn: "acm-pca"}, "AWS::AccessAnalyzer": {why: noChecks, arn: "access-analyzer"},
	"AWS::AmazonMQ": {why: noServer, arn: "mq"}, "AWS::Amplify": {why: noEdge}, "AWS::ApiGateway": {why: noEdge}, "AWS::ApiGatewayV2": {why: noEdge, arn: "apigateway"},
	"AWS::AppConfig": {why: "no configuration is served"}, "AWS::AppMesh": {why: "no proxies run"}, "AWS::AppSync": {why: noEdge},
	"AWS::ApplicationAutoScaling": {why: "nothing scales", arn: "application-autoscaling"}, "AWS::ApplicationInsights": {why: noMetrics}, "AWS::Athena": {why: noJobs},
	"AWS::AuditManager": {why: noChecks}, "AWS::Backup": {why: "nothing is backed up"}, "AWS::Batch": {why: noJobs}, "AWS::Bedrock": {why: noModels},
	"AWS::Budgets": {why: "nothing costs anything"}, "AWS::CE": {why: "nothing costs anything"}, "AWS::CUR": {why: "nothing costs anything"}, "AWS::Cassandra": {why: noServer},
	"AWS::CertificateManager": {why: "load balancers have the lab's own certificates", arn: "acm"}, "AWS::Chatbot": {why: noMessages}, "AWS::CloudFront": {why: noEdge},
	"AWS::CloudTrail": {why: "no calls are recorded"}, "AWS::CloudWatch": {why: noMetrics}, "AWS::CodeArtifact": {why: noBuilds}, "AWS::CodeBuild": {why: noBuilds},
	"AWS::CodeCommit": {why: noBuilds}, "AWS::CodeConnections": {why: noBuilds}, "AWS::CodeDeploy": {why: "nothing is deployed by it"}, "AWS::CodeGuruProfiler": {why: noMetrics},
	"AWS::CodeGuruReviewer": {why: noBuilds}, "AWS::CodePipeline": {why: noBuilds}, "AWS::CodeStarConnections": {why: noBuilds, arn: "codestar-connections"},
	"AWS::CodeStarNotifications": {why: noMessages, arn: "codestar-notifications"}, "AWS::Cognito": {why: noSignIn, arn: "cognito-idp"}, "AWS::Comprehend": {why: noModels},
	"AWS::Config": {why: noChecks}, "AWS::DAX": {why: noServer}, "AWS::DLM": {why: "nothing is backed up"}, "AWS::DMS": {why: noJobs}, "AWS::DataBrew": {why: noJobs},
	"AWS::DataSync": {why: noJobs}, "AWS::Detective": {why: noChecks}, "AWS::DevOpsGuru": {why: noMetrics}, "AWS::DirectoryService": {why: noServer, arn: "ds"},
	"AWS::DocDB": {why: noServer, arn: "rds"}, "AWS::DocDBElastic": {why: noServer, arn: "docdb-elastic"}, "AWS::DynamoDB": {why: "its API knows no tables"},
	"AWS::ECR": {why: "there are no images"}, "AWS::ECS": {why: noContainer}, "AWS::EFS": {why: noServer, arn: "elasticfilesystem"}, "AWS::EKS": {why: "no cluster and no container run"},
	"AWS::EMR": {why: noJobs, arn: "elasticmapreduce"}, "AWS::EMRContainers": {why: noJobs, arn: "emr-containers"}, "AWS::EMRServerless": {why: noJobs, arn: "emr-serverless"},
	"AWS::ElastiCache": {why: noServer}, "AWS::ElasticBeanstalk": {why: "no environment runs"}, "AWS::Elasticsearch": {why: noServer, arn: "es"}, "AWS::EventSchemas": {why: noMessages, arn: "schemas"},
	"AWS::Events": {why: "there are no events and schedules"}, "AWS::Evidently": {why: noMetrics}, "AWS::FIS": {why: "nothing is disturbed"}, "AWS::FSx": {why: noServer},
	"AWS::Glue": {why: noJobs}, "AWS::Grafana": {why: noMetrics}, "AWS::GuardDuty": {why: noChecks}, "AWS::IdentityStore": {why: noSignIn}, "AWS::ImageBuilder": {why: noBuilds},
	"AWS::Inspector": {why: noChecks}, "AWS::InspectorV2": {why: noChecks, arn: "inspector2"}, "AWS::IoT": {why: noDevices}, "AWS::IoTAnalytics": {why: noDevices}, "AWS::IoTEvents": {why: noDevices},
	"AWS::IoTSiteWise": {why: noDevices}, "AWS::KMS": {why: noKeys}, "AWS::Kendra": {why: noModels}, "AWS::Kinesis": {why: "no records are passed on"},
	"AWS::KinesisAnalytics": {why: noJobs}, "AWS::KinesisAnalyticsV2": {why: noJobs, arn: "kinesisanalytics"}, "AWS::KinesisFirehose": {why: "no records are passed on", arn: "firehose"},
	"AWS::LakeFormation": {why: "no tables are shared"}, "AWS::Lex": {why: noModels}, "AWS::Logs": {why: "log lines are not passed on"}, "AWS::MSK": {why: noServer, arn: "kafka"}, "AWS::MWAA": {why: noJobs, arn: "airflow"},
	"AWS::Macie": {why: noChecks}, "AWS::MediaConvert": {why: noMedia}, "AWS::MediaLive": {why: noMedia}, "AWS::MediaPackage": {why: noMedia}, "AWS::MemoryDB": {why: noServer},
	"AWS::Neptune": {why: noServer, arn: "rds"}, "AWS::Oam": {why: noMetrics}, "AWS::OpenSearchServerless": {why: noServer, arn: "aoss"}, "AWS::OpenSearchService": {why: noServer, arn: "es"},
	"AWS::Organizations": {why: noPolicies}, "AWS::Personalize": {why: noModels}, "AWS::Pinpoint": {why: noMessages, arn: "mobiletargeting"}, "AWS::Pipes": {why: noMessages},
	"AWS::QuickSight": {why: noJobs}, "AWS::RAM": {why: "there are no other accounts to share with"}, "AWS::RDS": {why: noServer}, "AWS::RUM": {why: noMetrics}, "AWS::Redshift": {why: noServer},
	"AWS::RedshiftServerless": {why: noServer, arn: "redshift-serverless"}, "AWS::Rekognition": {why: noModels}, "AWS::ResourceGroups": {why: "nothing is grouped", arn: "resource-groups"},
	"AWS::S3ObjectLambda": {why: noEdge, arn: "s3-object-lambda"}, "AWS::S3Tables": {why: "its API knows no tables"}, "AWS::SES": {why: noMessages}, "AWS::SNS": {why: noMessages},
	"AWS::SQS": {why: noMessages}, "AWS::SSM": {why: "documents and associations do nothing"}, "AWS::SSMContacts": {why: noMessages, arn: "ssm-contacts"}, "AWS::SSMIncidents": {why: noMessages, arn: "ssm-incidents"},
	"AWS::SSO": {why: noSignIn}, "AWS::SageMaker": {why: noModels}, "AWS::Scheduler": {why: "there are no events and schedules"}, "AWS::SecretsManager": {why: "its API knows no secrets"},
	"AWS::SecurityHub": {why: noChecks}, "AWS::SecurityLake": {why: noChecks}, "AWS::ServiceCatalog": {why: "no products are provisioned"}, "AWS::ServiceCatalogAppRegistry": {why: "nothing is grouped", arn: "servicecatalog"},
	"AWS::ServiceDiscovery": {why: "nothing is registered and nothing resolves"}, "AWS::Shield": {why: noChecks}, "AWS::Signer": {why: "nothing is signed"}, "AWS::StepFunctions": {why: "no executions run", arn: "states"},
	"AWS::Synthetics": {why: "no canaries run"}, "AWS::Timestream": {why: noServer}, "AWS::Transfer": {why: noServer}, "AWS::VerifiedPermissions": {why: noSignIn}, "AWS::WAF": {why: "no requests are filtered"},
	"AWS::WAFRegional": {why: "no requests are filtered", arn: "waf-regional"}, "AWS::WAFv2": {why: "no requests are filtered"}, "AWS::XRay": {why: noMetrics},
}

// inertTypes are inert types of services that have others, too.
var inertTypes = map[string]service{
	"AWS::AutoScaling::LifecycleHook": {why: "nothing scales"}, "AWS::AutoScaling::ScalingPolicy": {why: "nothing scales"}, "AWS::AutoScaling::ScheduledAction": {why: "nothing scales"}, "AWS::AutoScaling::WarmPool": {why: "nothing scales"},
	"AWS::EC2::CapacityReservation": {why: "there is room for everything"}, "AWS::EC2::EnclaveCertificateIamRoleAssociation": {why: "there are no enclaves"}, "AWS::EC2::FlowLog": {why: "no flows are logged"},
	"AWS::EC2::Host": {why: "there is room for everything"}, "AWS::EC2::KeyPair": {why: "no instance takes SSH connections"}, "AWS::EC2::PlacementGroup": {why: "the hardware is not modelled"}, "AWS::EC2::NetworkInsightsPath": {why: noChecks},
	"AWS::EC2::NetworkInsightsAnalysis": {why: noChecks}, "AWS::EC2::SnapshotBlockPublicAccess": {why: "there are no snapshots"}, "AWS::EC2::VPCEndpointConnectionNotification": {why: noMessages},
	"AWS::EC2::Volume": {why: "disks: files live in memory"}, "AWS::EC2::VolumeAttachment": {why: "disks: files live in memory"},
	applicationType: {why: "no application is fetched: nothing of it runs", arn: "serverlessrepo"},
	"AWS::ElasticLoadBalancingV2::TrustStore": {why: "no client certificates are checked", arn: "elasticloadbalancing"},
	"AWS::IAM::AccessKey":                     {why: noSignIn}, "AWS::IAM::Group": {why: noSignIn}, "AWS::IAM::GroupPolicy": {why: noSignIn}, "AWS::IAM::OIDCProvider": {why: noSignIn}, "AWS::IAM::SAMLProvider": {why: noSignIn}, "AWS::IAM::ServerCertificate": {why: "load balancers have the lab's own certificates"},
	"AWS::IAM::ServiceLinkedRole": {why: noSignIn}, "AWS::IAM::User": {why: noSignIn}, "AWS::IAM::UserPolicy": {why: noSignIn}, "AWS::IAM::UserToGroupAddition": {why: noSignIn}, "AWS::IAM::VirtualMFADevice": {why: noSignIn},
	"AWS::Lambda::CodeSigningConfig": {why: "nothing is signed"}, "AWS::Lambda::EventSourceMapping": {why: "no source is read: it is not invoked by it"}, "AWS::Lambda::LayerVersionPermission": {why: "there are no other accounts to share with"}, "AWS::Lambda::Url": {why: noEdge},
	"AWS::Route53::CidrCollection": {why: "all clients are at one place"}, "AWS::Route53::DNSSEC": {why: "answers are not signed"}, "AWS::Route53::HealthCheck": {why: noChecks}, "AWS::Route53::KeySigningKey": {why: "answers are not signed"},
	"AWS::Route53Resolver::ResolverQueryLoggingConfig": {why: "queries are not logged"}, "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": {why: "queries are not logged"},
	"AWS::S3::StorageLens": {why: noMetrics}, "AWS::S3::StorageLensGroup": {why: noMetrics},
}

// carriers are types of inert services that could carry, admit or divert packets of a
// VPC. They are refused: without them the lab's answers would be those of another network.
var carriers = map[string]string{
	"AWS::ApiGateway::DomainNameAccessAssociation": "it opens a way from a VPC endpoint", "AWS::ApiGateway::VpcLink": "it opens a way to a load balancer", "AWS::ApiGatewayV2::VpcLink": "it opens a way into its subnets",
	"AWS::CloudFront::VpcOrigin":                "it opens a way into its subnets",
	"AWS::OpenSearchServerless::VpcEndpoint":    "it takes addresses in its subnets and diverts names",
	"AWS::Redshift::EndpointAccess":             "it takes addresses in its subnets",
	"AWS::ServiceDiscovery::PublicDnsNamespace": "its names resolve everywhere",
}

// serviceOf finds the inert service of a type.
func serviceOf(name string) (service, bool) {
	namespace := name
	if i := strings.LastIndex(name, "::"); i >= 0 {
		namespace = name[:i]
	}
	s, ok := inertTypes[name]
	if !ok {
		if _, carries := carriers[name]; carries {
			return service{}, false
		}
		s, ok = inertServices[namespace]
	}
	if s.arn == "" {
		s.arn = strings.ToLower(strings.TrimPrefix(namespace, "AWS::"))
	}
	return s, ok
}
