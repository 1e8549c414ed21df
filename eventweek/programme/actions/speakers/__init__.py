"""What organisers and the people of the programme settle by a link; each public action is one transaction."""
