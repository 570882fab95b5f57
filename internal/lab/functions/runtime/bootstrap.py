"""Runs a Python handler as Lambda's runtime does: it takes events from the runtime
API and hands them to the handler, one at a time.
docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""
import http.client
import importlib
import ipaddress
import itertools
import json
import os
import socket
import sys
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
PREFIX = "/2018-06-01/runtime/"
RELAY_PORT = int(os.environ["LAB_RELAY"].split(":")[1])

# --- the network: every connection goes to the relay, which starts it in the lab.

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
_numbers = itertools.count(1)


def _destined(what):
    n = next(_numbers) % 0xFFFF00
    host = "127.%d.%d.%d" % ((n >> 16) + 1, (n >> 8) & 255, n & 255)
    os.write(3, ("%s %s\n" % (host, what)).encode())
    return host, RELAY_PORT


def _local(host):
    return host in ("localhost", "") or str(host).startswith("127.")


def _target(sock, address):
    if sock.family != socket.AF_INET or _local(address[0]):
        return address
    if sock.type & socket.SOCK_DGRAM == socket.SOCK_DGRAM and not sock.type & socket.SOCK_STREAM:
        raise OSError(101, "Network is unreachable: the lab relays TCP alone")
    return _destined("tcp %s %d" % (address[0], address[1]))


def _resolve(name):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        _connect(s, _destined("resolve " + name))
        text = b""
        while part := s.recv(4096):
            text += part
    error, _, addresses = text.decode().partition("\n")
    if error:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return addresses.split()


def _lookup(host, port, family=0, type=0, proto=0, flags=0):
    name = host.decode() if isinstance(host, bytes) else host
    if not name or _local(name):
        return _getaddrinfo(host, port, family, type, proto, flags)
    try:
        ipaddress.ip_address(name)
        addresses = [name]
    except ValueError:
        addresses = _resolve(name)
    return [entry for a in addresses for entry in _getaddrinfo(a, port, family, type, proto, flags)]


socket.socket.connect = lambda self, address: _connect(self, _target(self, address))
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _target(self, address))
socket.getaddrinfo = _lookup
socket.gethostbyname = lambda name: _lookup(name, None)[0][4][0]
socket.gethostbyname_ex = lambda name: (name, [], sorted({e[4][0] for e in _lookup(name, None)}))


# --- time: who sleeps waits for something of the lab, which has a clock of its own.

_sleep, _time, _monotonic = time.sleep, time.time, time.monotonic
_slept = 0.0


def _sleep_in_lab(seconds):
    global _slept
    if seconds < 0.1:
        return _sleep(seconds)
    begun = _monotonic()
    connection = http.client.HTTPConnection(os.environ["LAB_RELAY"])
    connection.request("POST", "/sleep?seconds=%f" % min(seconds, 3600))
    connection.getresponse().read()
    connection.close()
    _slept += max(0.0, seconds - (_monotonic() - begun))


time.sleep = _sleep_in_lab
time.time = lambda: _time() + _slept
time.monotonic = lambda: _monotonic() + _slept


# --- the runtime API


def call(method, what, body=None):
    connection = http.client.HTTPConnection(API)
    connection.request(method, PREFIX + what, body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.headers, text


def described(error):
    return json.dumps({
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_tb(error.__traceback__),
    })


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = "$LATEST"
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = self.client_context = None

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    # The stand-in for boto3 comes last: any other goes before it.
    sys.path[:] = [os.environ["LAMBDA_TASK_ROOT"]] + [p for p in sys.path if os.path.abspath(p or ".") != here] + [here]
    try:
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except BaseException as error:
        traceback.print_exc()
        call("POST", "init/error", described(error))
        sys.exit(1)
    while True:
        headers, event = call("GET", "invocation/next")
        context = Context(headers)
        try:
            answer = json.dumps(handler(json.loads(event), context))
        except BaseException as error:
            traceback.print_exc()
            call("POST", "invocation/%s/error" % context.aws_request_id, described(error))
            continue
        sys.stdout.flush()
        call("POST", "invocation/%s/response" % context.aws_request_id, answer)


main()
