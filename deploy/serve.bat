@echo off
rem Windows: the site on this computer, at http://127.0.0.1:8000. The first start installs what it needs.
cd /d "%~dp0.."
if not exist .venv\Scripts\python.exe py -3 -m venv .venv || exit /b 1
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt || exit /b 1
.venv\Scripts\python manage.py serve %*
