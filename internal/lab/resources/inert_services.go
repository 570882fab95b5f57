package resources

import (
	"strings"

	"provenendpoints/internal/lab/registry"
)

// service is an AWS service whose resource types carry, admit and divert no packet in a
// VPC: what they would do happens elsewhere, or they are hosts where nothing answers here.
type service struct {
	// why says what does not happen.
	why string
	// arn is the service's name in ARNs. Default: the namespace's last part in lower case.
	arn string
}

const (
	noMirror    = "no packet is copied"
	noClients   = "nobody connects by it: it takes no addresses in its subnets, and admits nobody"
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
	noPaths     = "no bucket is reached by it"
	noTypes     = "it is for types and modules that are not AWS's, which the lab has none of"
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
	"AWS::AIOps": {why: noModels}, "AWS::APS": {why: noMetrics}, "AWS::ARCRegionSwitch": {why: noChecks, arn: "arc-region-switch"},
	"AWS::ARCZonalShift": {why: "no zone is shifted away from", arn: "arc-zonal-shift"}, "AWS::AWSExternalAnthropic": {why: noModels},
	"AWS::AccountAccess": {why: noSignIn, arn: "account-access"}, "AWS::AgentRegistry": {why: noModels, arn: "bedrock-agentcore"},
	"AWS::AmplifyUIBuilder": {why: noEdge}, "AWS::AppFlow": {why: noMessages}, "AWS::AppIntegrations": {why: noMessages, arn: "app-integrations"},
	"AWS::AppRunner": {why: noEdge}, "AWS::AppStream": {why: noServer}, "AWS::AppTest": {why: noJobs},
	"AWS::ApplicationSignals": {why: noMetrics, arn: "application-signals"}, "AWS::AutoScalingPlans": {why: "nothing scales", arn: "autoscaling-plans"},
	"AWS::B2BI": {why: noMessages}, "AWS::BCM": {why: "nothing costs anything"}, "AWS::BCMDataExports": {why: "nothing costs anything", arn: "bcm-data-exports"},
	"AWS::BackupGateway": {why: noJobs, arn: "backup-gateway"}, "AWS::BcmPricingCalculator": {why: "nothing costs anything", arn: "bcm-pricing-calculator"},
	"AWS::BedrockAgentCore": {why: noModels, arn: "bedrock-agentcore"}, "AWS::BedrockMantle": {why: noModels, arn: "bedrock-mantle"},
	"AWS::Billing": {why: "nothing costs anything"}, "AWS::BillingConductor": {why: "nothing costs anything"}, "AWS::Braket": {why: noDevices},
	"AWS::Cases": {why: noMessages}, "AWS::Chime": {why: noMedia}, "AWS::CleanRooms": {why: noJobs}, "AWS::CleanRoomsML": {why: noJobs, arn: "cleanrooms-ml"},
	"AWS::Cloud9": {why: "no environment runs"}, "AWS::CloudHSM": {why: noServer}, "AWS::CodeStar": {why: noBuilds},
	"AWS::ComputeOptimizer": {why: noChecks, arn: "compute-optimizer"}, "AWS::Connect": {why: noMessages},
	"AWS::ConnectCampaigns": {why: noMessages, arn: "connect-campaigns"}, "AWS::ConnectCampaignsV2": {why: noMessages, arn: "connect-campaigns"},
	"AWS::ControlTower": {why: noPolicies}, "AWS::CustomerProfiles": {why: noMessages, arn: "profile"}, "AWS::DRS": {why: noJobs}, "AWS::DSQL": {why: noServer},
	"AWS::DataExchange": {why: noJobs}, "AWS::DataPipeline": {why: noJobs}, "AWS::DataZone": {why: noJobs}, "AWS::Deadline": {why: noJobs},
	"AWS::DevOpsAgent": {why: noModels, arn: "aidevops"}, "AWS::DeviceFarm": {why: noDevices}, "AWS::ElementalInference": {why: noModels, arn: "elemental-inference"},
	"AWS::EntityResolution": {why: noJobs}, "AWS::FMS": {why: noChecks}, "AWS::FinSpace": {why: noJobs}, "AWS::Forecast": {why: noModels},
	"AWS::FraudDetector": {why: noModels}, "AWS::GameLift": {why: noServer}, "AWS::GameLiftStreams": {why: noServer}, "AWS::Greengrass": {why: noDevices},
	"AWS::GreengrassV2": {why: noDevices, arn: "greengrass"}, "AWS::GroundStation": {why: noDevices}, "AWS::HealthImaging": {why: noModels, arn: "medical-imaging"},
	"AWS::HealthLake": {why: noModels}, "AWS::IVS": {why: noMedia}, "AWS::IVSChat": {why: noMedia}, "AWS::InternetMonitor": {why: noMetrics},
	"AWS::Invoicing": {why: "nothing costs anything"}, "AWS::IoTCoreDeviceAdvisor": {why: noDevices, arn: "iotdeviceadvisor"}, "AWS::IoTFleetHub": {why: noDevices},
	"AWS::IoTFleetWise": {why: noDevices}, "AWS::IoTSecureTunneling": {why: noDevices}, "AWS::IoTThingsGraph": {why: noDevices}, "AWS::IoTTwinMaker": {why: noDevices},
	"AWS::IoTWireless": {why: noDevices}, "AWS::KafkaConnect": {why: noJobs}, "AWS::KendraRanking": {why: noModels, arn: "kendra-ranking"},
	"AWS::KinesisVideo": {why: noMedia}, "AWS::LaunchWizard": {why: noPolicies}, "AWS::LicenseManager": {why: noPolicies, arn: "license-manager"},
	"AWS::Lightsail": {why: noServer}, "AWS::Location": {why: noEdge, arn: "geo"}, "AWS::LookoutEquipment": {why: noModels}, "AWS::LookoutMetrics": {why: noModels},
	"AWS::LookoutVision": {why: noModels}, "AWS::M2": {why: noJobs}, "AWS::MGN": {why: noJobs}, "AWS::MPA": {why: noSignIn},
	"AWS::MWAAServerless": {why: noJobs, arn: "airflow-serverless"}, "AWS::ManagedBlockchain": {why: noServer}, "AWS::MediaPackageV2": {why: noMedia},
	"AWS::MediaStore": {why: noMedia}, "AWS::MediaTailor": {why: noMedia}, "AWS::NeptuneGraph": {why: noServer, arn: "neptune-graph"},
	"AWS::NetworkFlowMonitor": {why: noMetrics}, "AWS::NimbleStudio": {why: noServer, arn: "nimble"}, "AWS::Notifications": {why: noMessages},
	"AWS::NotificationsContacts": {why: noMessages, arn: "notifications-contacts"}, "AWS::NovaAct": {why: noModels, arn: "nova-act"}, "AWS::ODB": {why: noServer},
	"AWS::OSIS": {why: noJobs}, "AWS::ObservabilityAdmin": {why: noMetrics}, "AWS::Omics": {why: noJobs}, "AWS::OpenSearch": {why: noServer},
	"AWS::OpsWorks": {why: "no environment runs"}, "AWS::OpsWorksCM": {why: "no environment runs", arn: "opsworks-cm"}, "AWS::Outposts": {why: noDevices},
	"AWS::PCAConnectorAD":   {why: "no certificates are issued", arn: "pca-connector-ad"},
	"AWS::PCAConnectorSCEP": {why: "no certificates are issued", arn: "pca-connector-scep"}, "AWS::PCS": {why: noJobs}, "AWS::Panorama": {why: noDevices},
	"AWS::PaymentCryptography": {why: noKeys, arn: "payment-cryptography"}, "AWS::PinpointEmail": {why: noMessages, arn: "ses"},
	"AWS::PricingPlanManager": {why: noPolicies}, "AWS::Proton": {why: noBuilds}, "AWS::QBusiness": {why: noModels}, "AWS::QLDB": {why: noServer},
	"AWS::Rbin": {why: noChecks}, "AWS::ResilienceHub": {why: noChecks}, "AWS::ResilienceHubV2": {why: noChecks, arn: "resiliencehub"},
	"AWS::ResourceExplorer2": {why: noMetrics, arn: "resource-explorer-2"}, "AWS::RoboMaker": {why: noDevices}, "AWS::RolesAnywhere": {why: noSignIn},
	"AWS::Route53RecoveryControl":   {why: "no traffic is shifted by it", arn: "route53-recovery-control"},
	"AWS::Route53RecoveryReadiness": {why: noChecks, arn: "route53-recovery-readiness"}, "AWS::S3Express": {why: "its API knows no buckets"},
	"AWS::S3Files": {why: noServer}, "AWS::S3Outposts": {why: "its API knows no buckets", arn: "s3-outposts"}, "AWS::S3Vectors": {why: "its API knows no buckets"},
	"AWS::SCN": {why: noModels}, "AWS::SDB": {why: noServer}, "AWS::SMSVOICE": {why: noMessages, arn: "sms-voice"},
	"AWS::SSMGuiConnect": {why: noSignIn, arn: "ssm-guiconnect"}, "AWS::SSMQuickSetup": {why: noPolicies, arn: "ssm-quicksetup"}, "AWS::SecurityAgent": {why: noChecks},
	"AWS::ServerlessRepo": {why: noBuilds}, "AWS::SimSpaceWeaver": {why: noJobs}, "AWS::StorageGateway": {why: noServer}, "AWS::SupportApp": {why: noMessages},
	"AWS::SupportAuthZ": {why: noSignIn}, "AWS::SystemsManagerSAP": {why: noJobs, arn: "ssm-sap"}, "AWS::Textract": {why: noModels}, "AWS::Transcribe": {why: noModels},
	"AWS::Translate": {why: noModels}, "AWS::UXC": {why: noSignIn}, "AWS::VoiceID": {why: noSignIn}, "AWS::WellArchitected": {why: noChecks},
	"AWS::Wickr": {why: noMessages}, "AWS::Wisdom": {why: noMessages}, "AWS::WorkSpaces": {why: noServer},
	"AWS::WorkSpacesThinClient": {why: noDevices, arn: "thinclient"}, "AWS::WorkSpacesWeb": {why: noServer, arn: "workspaces-web"},
	"AWS::WorkspacesInstances": {why: noServer, arn: "workspaces-instances"},
}

// inertTypes are inert types of services that have others, too.
var inertTypes = map[string]service{
	"AWS::AutoScaling::LifecycleHook": {why: "nothing scales"}, "AWS::AutoScaling::ScalingPolicy": {why: "nothing scales"}, "AWS::AutoScaling::ScheduledAction": {why: "nothing scales"}, "AWS::AutoScaling::WarmPool": {why: "nothing scales"},
	"AWS::EC2::CapacityReservation": {why: "there is room for everything"}, "AWS::EC2::EnclaveCertificateIamRoleAssociation": {why: "there are no enclaves"}, "AWS::EC2::FlowLog": {why: "no flows are logged"},
	"AWS::EC2::Host": {why: "there is room for everything"}, "AWS::EC2::KeyPair": {why: "no instance takes SSH connections"}, "AWS::EC2::PlacementGroup": {why: "the hardware is not modelled"}, "AWS::EC2::NetworkInsightsPath": {why: noChecks},
	"AWS::EC2::NetworkInsightsAnalysis": {why: noChecks}, "AWS::EC2::SnapshotBlockPublicAccess": {why: "there are no snapshots"}, "AWS::EC2::VPCEndpointConnectionNotification": {why: noMessages},
	"AWS::EC2::TrafficMirrorFilter": {why: noMirror}, "AWS::EC2::TrafficMirrorFilterRule": {why: noMirror},
	"AWS::EC2::TrafficMirrorSession": {why: noMirror}, "AWS::EC2::TrafficMirrorTarget": {why: noMirror},
	"AWS::EC2::ClientVpnEndpoint": {why: noClients}, "AWS::EC2::ClientVpnAuthorizationRule": {why: noClients}, "AWS::EC2::ClientVpnRoute": {why: noClients}, "AWS::EC2::ClientVpnTargetNetworkAssociation": {why: noClients},
	"AWS::EC2::IPAMResourceDiscovery": {why: "nothing is discovered"}, "AWS::EC2::IPAMResourceDiscoveryAssociation": {why: "nothing is discovered"},
	"AWS::EC2::Volume": {why: "disks: files live in memory"}, "AWS::EC2::VolumeAttachment": {why: "disks: files live in memory"},
	applicationType: {why: "no application is fetched: nothing of it runs", arn: "serverlessrepo"},
	"AWS::ElasticLoadBalancingV2::TrustStore":    {why: "no client certificates are checked", arn: "elasticloadbalancing"},
	"AWS::NetworkFirewall::LoggingConfiguration": {why: "no flows are logged", arn: "network-firewall"}, "AWS::NetworkFirewall::TLSInspectionConfiguration": {why: "no TLS is decrypted", arn: "network-firewall"},
	"AWS::IAM::AccessKey": {why: noSignIn}, "AWS::IAM::Group": {why: noSignIn}, "AWS::IAM::GroupPolicy": {why: noSignIn}, "AWS::IAM::OIDCProvider": {why: noSignIn}, "AWS::IAM::SAMLProvider": {why: noSignIn}, "AWS::IAM::ServerCertificate": {why: "load balancers have the lab's own certificates"},
	"AWS::IAM::ServiceLinkedRole": {why: noSignIn}, "AWS::IAM::User": {why: noSignIn}, "AWS::IAM::UserPolicy": {why: noSignIn}, "AWS::IAM::UserToGroupAddition": {why: noSignIn}, "AWS::IAM::VirtualMFADevice": {why: noSignIn},
	"AWS::Lambda::CodeSigningConfig": {why: "nothing is signed"}, "AWS::Lambda::EventSourceMapping": {why: "no source is read: it is not invoked by it"}, "AWS::Lambda::LayerVersionPermission": {why: "there are no other accounts to share with"}, "AWS::Lambda::Url": {why: noEdge},
	"AWS::Route53::CidrCollection": {why: "all clients are at one place"}, "AWS::Route53::DNSSEC": {why: "answers are not signed"}, "AWS::Route53::HealthCheck": {why: noChecks}, "AWS::Route53::KeySigningKey": {why: "answers are not signed"},
	"AWS::Route53Resolver::ResolverQueryLoggingConfig": {why: "queries are not logged"}, "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": {why: "queries are not logged"},
	"AWS::S3::StorageLens": {why: noMetrics}, "AWS::S3::StorageLensGroup": {why: noMetrics}, "AWS::S3::AccessGrant": {why: noPaths}, "AWS::S3::AccessGrantsInstance": {why: noPaths}, "AWS::S3::AccessGrantsLocation": {why: noPaths},
	"AWS::S3::AccessPoint": {why: noPaths}, "AWS::S3::MultiRegionAccessPoint": {why: noPaths}, "AWS::S3::MultiRegionAccessPointPolicy": {why: noPaths},
	"AWS::CloudFormation::GuardHook": {why: noChecks}, "AWS::CloudFormation::LambdaHook": {why: noChecks}, "AWS::CloudFormation::HookDefaultVersion": {why: noChecks}, "AWS::CloudFormation::HookTypeConfig": {why: noChecks}, "AWS::CloudFormation::HookVersion": {why: noChecks},
	"AWS::CloudFormation::ModuleDefaultVersion": {why: noTypes}, "AWS::CloudFormation::ModuleVersion": {why: noTypes}, "AWS::CloudFormation::PublicTypeVersion": {why: noTypes}, "AWS::CloudFormation::Publisher": {why: noTypes},
	"AWS::CloudFormation::ResourceDefaultVersion": {why: noTypes}, "AWS::CloudFormation::ResourceVersion": {why: noTypes}, "AWS::CloudFormation::TypeActivation": {why: noTypes}, "AWS::CloudFormation::GeneratedTemplate": {why: noTypes},
	"AWS::EC2::ApplicationStatusCheck": {why: noChecks}, "AWS::EC2::CapacityManagerDataExport": {why: noMetrics}, "AWS::EC2::CapacityReservationFleet": {why: "there is room for everything"}, "AWS::EC2::FpgaImage": {why: "the hardware is not modelled"},
	"AWS::EC2::NetworkInsightsAccessScope": {why: noChecks}, "AWS::EC2::NetworkInsightsAccessScopeAnalysis": {why: noChecks}, "AWS::EC2::NetworkPerformanceMetricSubscription": {why: noMetrics}, "AWS::EC2::SqlHaStandbyDetectedInstance": {why: noServer},
	"Alexa::ASK::Skill": {why: noEdge}, "AWS::EC2::NetworkInterfacePermission": {why: "there are no other accounts to share with"},
	"AWS::Lambda::CapacityProvider": {why: "there is room for everything"}, "AWS::Lambda::MicrovmImage": {why: noBuilds},
}

// carriers are types of inert services that could carry, admit or divert packets of a
// VPC. They are refused: without them the lab's answers would be those of another network.
var carriers = map[string]string{
	"AWS::ApiGateway::DomainNameAccessAssociation": "it opens a way from a VPC endpoint", "AWS::ApiGateway::VpcLink": "it opens a way to a load balancer",
	"AWS::AppRunner::VpcIngressConnection":      "it opens a way from a VPC endpoint",
	"AWS::CloudFront::VpcOrigin":                "it opens a way into its subnets",
	"AWS::Deadline::LicenseEndpoint":            "it takes addresses in its subnets",
	"AWS::DevOpsAgent::PrivateConnection":       "it opens a way into its subnets",
	"AWS::FMS::Policy":                          "it changes groups, network ACLs and firewalls",
	"AWS::NeptuneGraph::PrivateGraphEndpoint":   "it takes addresses in its subnets and diverts names",
	"AWS::ODB::OdbNetwork":                      "it is a network beside the VPC",
	"AWS::ODB::OdbPeeringConnection":            "it opens a way out of the VPC",
	"AWS::OpenSearchServerless::VpcEndpoint":    "it takes addresses in its subnets and diverts names",
	"AWS::Redshift::EndpointAccess":             "it takes addresses in its subnets",
	"AWS::ServiceDiscovery::PublicDnsNamespace": "its names resolve everywhere",
}

// carryingServices are the services whose types are refused unless the lab has them or they
// are in [inertTypes], with the reason.
var carryingServices = map[string]string{
	"AWS::AutoScaling":            "it makes and ends instances",
	"AWS::CloudFormation":         "it makes stacks and templates of its own",
	"AWS::DirectConnect":          "it opens a way into the VPC",
	"AWS::EC2":                    "it carries, admits or diverts packets",
	"AWS::EVS":                    "it is a network beside the VPC",
	"AWS::ElasticLoadBalancing":   "it opens a way to its instances",
	"AWS::ElasticLoadBalancingV2": "it opens a way to its targets",
	"AWS::GlobalAccelerator":      "it opens a way from the internet into the VPC",
	"AWS::IAM":                    "it admits callers",
	"AWS::Interconnect":           "it opens a way into the VPC",
	"AWS::Lambda":                 "it admits callers or opens a way into its subnets",
	"AWS::MediaConnect":           "it carries media into and out of the VPC",
	"AWS::NetworkFirewall":        "it diverts and drops packets",
	"AWS::NetworkManager":         "it opens a way out of the VPC",
	"AWS::RTBFabric":              "it opens a way into the VPC",
	"AWS::RefactorSpaces":         "it makes load balancers and transit gateways",
	"AWS::Route53":                "names resolve by it",
	"AWS::Route53GlobalResolver":  "names resolve by it",
	"AWS::Route53Profiles":        "names resolve by it",
	"AWS::Route53Resolver":        "names resolve by it",
	"AWS::S3":                     "it admits callers",
	"AWS::Serverless":             "it is of a transform that the lab does not run",
	"AWS::VpcLattice":             "it opens a way between VPCs",
}

// Refused says why the lab refuses a type; "" if it does not refuse it, or there is none.
func Refused(name string) string {
	_, has := supported[name]
	_, inert := serviceOf(name)
	if _, exists := registry.Lookup(name); !exists || has || inert {
		return ""
	}
	if why, ok := carriers[name]; ok {
		return why
	}
	namespace, _ := split(name)
	return carryingServices[namespace]
}

// split takes a type's name apart: AWS::EC2 and VPC.
func split(name string) (namespace, last string) {
	i := strings.LastIndex(name, "::")
	if i < 0 {
		return name, ""
	}
	return name[:i], name[i+2:]
}

// serviceOf finds the inert service of a type.
func serviceOf(name string) (service, bool) {
	namespace, _ := split(name)
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
