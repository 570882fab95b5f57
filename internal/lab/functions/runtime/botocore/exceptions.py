"""The errors of the stand-in for boto3."""
from boto3 import ClientError  # noqa: F401
