"""Cryptography: the only importer of cryptography, nacl and gmpy2."""
