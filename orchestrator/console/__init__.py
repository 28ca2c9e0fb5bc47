"""The console: server-rendered pages over the services, one module a page, its templates under pages/."""
