"""Staff accounts: users, sign-in, invitations, roles and what each role may do."""
