"""Stands in for the clients of boto3, which Lambda's runtime brings along. Requests are
made by the lab's SDK, from the function's own network and with its role's credentials."""
import base64
import datetime
import http.client
import io
import json
import os

_here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(_here, "sdk.json")) as _file:
    _known = {entry["service"]: dict(entry, package=name) for name, entry in json.load(_file).items()}


class ClientError(Exception):
    def __init__(self, response, operation_name):
        error = response["Error"]
        super().__init__("An error occurred (%s) when calling the %s operation: %s" % (error["Code"], operation_name, error["Message"]))
        self.response, self.operation_name = response, operation_name


def _sent(value):
    if isinstance(value, dict):
        return {k: _sent(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sent(v) for v in value]
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if hasattr(value, "read"):
        return _sent(value.read())
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


def _received(value):
    if isinstance(value, list):
        return [_received(v) for v in value]
    if not isinstance(value, dict):
        return value
    if "$date" in value:
        return datetime.datetime.fromisoformat(value["$date"].replace("Z", "+00:00"))
    if "$bytes" in value:
        return io.BytesIO(base64.b64decode(value["$bytes"]))
    return {k: _received(v) for k, v in value.items()}


class _Exceptions:
    ClientError = ClientError


class _Client:
    exceptions = _Exceptions

    def __init__(self, entry, region):
        self._entry, self._region = entry, region or os.environ["AWS_REGION"]
        self._operations = {name.lower(): name for name in entry["operations"]}

    def __getattr__(self, name):
        operation = self._operations.get(name.replace("_", "").lower())
        if operation is None:
            raise AttributeError("the lab's stand-in for boto3 has no %s of %s: bring boto3 with the function's code" % (name, self._entry["package"]))

        def call(**arguments):
            connection = http.client.HTTPConnection(os.environ["LAB_RELAY"])
            connection.request("POST", "/sdk/%s/%s?region=%s" % (self._entry["package"], operation, self._region), json.dumps(_sent(arguments)))
            answer = json.loads(connection.getresponse().read())
            connection.close()
            if answer.get("error"):
                error = answer["error"]
                raise ClientError({"Error": {"Code": error["code"], "Message": error["message"]}, "ResponseMetadata": {"HTTPStatusCode": error["status"]}}, operation)
            return dict(_received(answer["output"]), ResponseMetadata={"HTTPStatusCode": 200})

        return call


def client(service_name, region_name=None, **_):
    if service_name not in _known:
        raise ValueError("Unknown service: '%s'. Valid service names are: %s" % (service_name, ", ".join(sorted(_known))))
    return _Client(_known[service_name], region_name)


class Session:
    def client(self, *arguments, **options):
        return client(*arguments, **options)
