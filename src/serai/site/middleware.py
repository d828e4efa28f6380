def RequestLog(g): return g
