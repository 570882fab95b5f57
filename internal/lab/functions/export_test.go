package functions

// CallSDK is callSDK.
var CallSDK = Environment.callSDK
