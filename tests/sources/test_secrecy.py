"""What names tell about secrets."""

from __future__ import annotations

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.secrecy import gives_a_secret, is_secret, without_named_secrets


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("master_password", True),
        ("DB_PASSWORD", True),
        ("client_secret", True),
        ("secret_string", True),
        ("auth_token", True),
        ("private_key_pem", True),
        ("tls_privatekey", True),
        ("secret_arn", False),
        ("master_user_secret_kms_key_id", False),
        ("password_length", False),
        ("http_tokens", False),
        ("secret_name", False),
        ("instance_type", False),
        ("key_name", False),
    ],
)
def test_names(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('  password = "hunter2"', True),
        ("db_password: hunter2", True),
        ('  "client_secret": "hunter2",', True),
        ('    DB_TOKEN = "x"', True),
        ('variable "password" {', False),
        ("  password = null", False),
        ('  http_tokens = "optional"', False),
        ('  instance_type = "m5.large" # no password', False),
    ],
)
def test_lines(line: str, secret: bool) -> None:
    assert gives_a_secret(line) is secret


def test_attributes_keep_all_but_their_secret_texts() -> None:
    found = without_named_secrets(
        "aws_ssm_parameter",
        {
            "value": "hunter2",
            "type": "SecureString",
            "manage_master_user_password": True,
            "tags": {"secret": "no"},
            "environment": [{"variables": {"DB_PASSWORD": "hunter2", "SIZE": "3", "EMPTY_TOKEN": ""}}],
        },
    )
    assert "hunter2" not in repr(found)
    assert isinstance(found["value"], Unknown)
    assert (found["type"], found["manage_master_user_password"]) == ("SecureString", True)
    assert found["tags"] == {"secret": "no"}
    assert found["environment"][0]["variables"]["SIZE"] == "3"
    assert found["environment"][0]["variables"]["EMPTY_TOKEN"] == ""
