from __future__ import annotations

import pyrage
import pytest

SIZES = [0, 1, 65535, 65536, 65537, 200000]


@pytest.mark.parametrize("size", SIZES)
def test_what_the_agent_seals_opens_elsewhere(agent, size):
    identity = pyrage.x25519.Identity.generate()
    data = bytes(index * 7 % 256 for index in range(size))
    assert pyrage.decrypt(agent.age_encrypt(data, str(identity.to_public())), [identity]) == data


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_elsewhere_opens_in_the_agent(agent, size):
    private, recipient = agent.make_keys()
    data = bytes(index * 5 % 256 for index in range(size))
    sealed = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)])
    assert agent.age_decrypt(sealed, private) == data


def test_one_of_several_recipients_opens_it(agent):
    private, recipient = agent.make_keys()
    other = pyrage.x25519.Identity.generate().to_public()
    sealed = pyrage.encrypt(b"both", [other, pyrage.x25519.Recipient.from_str(recipient)])
    assert agent.age_decrypt(sealed, private) == b"both"


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:60] + b"A" + b[61:], lambda b: b"x", lambda b: b[:-20]]
)
def test_a_damaged_file_is_refused(agent, spoil):
    private, recipient = agent.make_keys()
    with pytest.raises(agent.AgentError):
        agent.age_decrypt(spoil(agent.age_encrypt(b"secret" * 9, recipient)), private)


def test_another_key_is_refused(agent):
    with pytest.raises(agent.AgentError):
        agent.age_decrypt(agent.age_encrypt(b"secret", agent.make_keys()[1]), agent.make_keys()[0])


@pytest.mark.parametrize("recipient", ["age1", "", "age1qqqq", "AGE-SECRET-KEY-1QQQ", "age1" + "q" * 58])
def test_a_wrong_recipient_is_refused(agent, recipient):
    with pytest.raises(agent.AgentError):
        agent.age_encrypt(b"secret", recipient)
