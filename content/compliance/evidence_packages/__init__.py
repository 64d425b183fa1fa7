"""Evidence packages: what stands behind somebody's or a requirement's compliance, as a zip that
anybody can check without this server.

package   what is kept of one, and how long
archive   files in a zip, their manifest and its signature
holdings  what is looked up: records, decisions, certificates, statements
summary   the part that people read
making    all of it, file by file
checking  a package, offline
"""
