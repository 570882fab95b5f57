package proof

// ConnectionLookup finds the state of an endpoint's connection as the endpoint
// service sees it.
var ConnectionLookup = newLookup[ServiceConnection, string]("connection", AnyResource, "ec2:DescribeVpcEndpointConnections")

// ServiceConnection is the connection of an endpoint with an endpoint service,
// by their ids.
type ServiceConnection struct{ Service, Endpoint string }

// connection looks up the state of a connection.
func (g *gatherer) connection(service, endpoint string) string {
	return look(g, ConnectionLookup, "the connection of "+endpoint+" with "+service, ServiceConnection{service, endpoint}, nil)
}
