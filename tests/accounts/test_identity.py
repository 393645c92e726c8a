"""People are told apart, whoever of them has signed in."""

from diploma.accounts.models import User


def test_two_people_who_have_not_signed_in_are_two() -> None:
    one, other = User(email="a@uz.test"), User(email="b@uz.test")
    assert one != other and one not in [other] and len({one, other}) == 2
