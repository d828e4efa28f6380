import pytest, re


@pytest.mark.django_db
def test_x(client):
    h = client.get("/register/?state=measured").text
    i = h.index("Where it stands")
    print(h[i - 200 : i + 900])
    from serai.register import filters

    print(filters.__file__)
