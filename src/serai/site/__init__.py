"""The running node: settings, addresses, base templates, static files, worker, and the wiring of the contexts."""
