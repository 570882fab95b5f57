package cfn

// intrinsicFunction is a function of templates.
type intrinsicFunction struct {
	// evaluate gets the argument, which is not evaluated yet, and the whole
	// expression, for which an unknown result stands.
	evaluate func(e *evaluator, arg any, whole map[string]any) any
	// extension functions need Transform AWS::LanguageExtensions.
	extension bool
}

// intrinsicFunctions are the supported functions by name. A new one is one entry
// here:
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
var intrinsicFunctions map[string]intrinsicFunction

// The functions evaluate their arguments and so refer to this table: as the
// variable's initializer it would be an initialization cycle.
func init() {
	intrinsicFunctions = map[string]intrinsicFunction{
		"Ref":                {evaluate: fnRef},
		"Fn::Base64":         {evaluate: fnBase64},
		"Fn::Cidr":           {evaluate: fnCidr},
		"Fn::FindInMap":      {evaluate: fnFindInMap},
		"Fn::GetAtt":         {evaluate: fnGetAtt},
		"Fn::GetAZs":         {evaluate: fnGetAZs},
		"Fn::GetStackOutput": {evaluate: fnGetStackOutput},
		"Fn::If":             {evaluate: fnIf},
		"Fn::ImportValue":    {evaluate: fnImportValue},
		"Fn::Join":           {evaluate: fnJoin},
		"Fn::Length":         {evaluate: fnLength, extension: true},
		"Fn::Select":         {evaluate: fnSelect},
		"Fn::Split":          {evaluate: fnSplit},
		"Fn::Sub":            {evaluate: fnSub},
		"Fn::ToJsonString":   {evaluate: fnToJSONString, extension: true},
	}
}
