"""What browsers load and figures draw with: taken from npm by lock file, copied to static/vendor/.

`python -m groundbreak.site.assets` does it. No code of the packages is run: npm only unpacks them
and checks their integrity hashes. Imports no Django.
"""
