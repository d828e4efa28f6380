from serai.corridors.errors import UnknownPlace


def find_place(network, text):
    if text in network.places:
        return network.places[text]
    raise UnknownPlace(name=text, near="")
