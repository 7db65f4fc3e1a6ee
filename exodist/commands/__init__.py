"""The click commands, one module each: parse, call, print. No work is done here."""
