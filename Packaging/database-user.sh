#!/bin/sh
# Makes the gateway's user and database, once, when PostgreSQL's image makes its data. That image's own user is a superuser,
# whom no rule of a database stops, and the gateway is to be none.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set password="${PGPASSWORD:?database.env has to have it}" <<'SQL'
CREATE ROLE northern LOGIN PASSWORD :'password';
CREATE DATABASE northern OWNER northern;
SQL
