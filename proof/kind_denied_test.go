package proof

var _ = exampleOf(Denied, example{
	valid:    Claim{From: "outside", Host: "a.example", Call: &Call{Service: "cloudformation", Action: "cloudformation:GetStackPolicy", Method: "POST", Body: "a=b"}},
	fields:   "From! Host Endpoint Zone Port Call!",
	negative: true,
	gathered: []Claim{
		{Host: "a.example"},
	},
})
