"""Delivery: how a waiting message is made and handed over, by mail, SMS or WeChat."""
