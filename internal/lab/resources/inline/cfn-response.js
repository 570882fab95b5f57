// The module that CloudFormation gives to Node.js functions with inline code.
exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";

exports.send = (event, context, responseStatus, responseData, physicalResourceId, noEcho) => new Promise((resolve) => {
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  const to = new URL(event.ResponseURL);
  const done = (text) => {
    console.log(text);
    context.done();
    resolve();
  };
  const request = require("https").request({
    hostname: to.hostname, port: 443, path: to.pathname + to.search, method: "PUT",
    headers: { "content-type": "", "content-length": Buffer.byteLength(body) },
  }, (response) => {
    response.resume();
    done("Status code: " + response.statusCode);
  });
  request.on("error", (e) => done("send(..) failed executing https.request(..): " + e.message));
  request.end(body);
});
