"""Takes more memory than a sealed process has."""

from diploma.core import sealed

if __name__ == "__main__":
    sealed.limit(10)
    print(len(bytearray(2 << 30)))
