"""Letters of authority (委托书): who may act for whom, in which matters, from when to when."""
