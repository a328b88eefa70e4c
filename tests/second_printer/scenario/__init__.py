"""One scenario: jobs, blows and people around a printer and the real service, all drawn from one integer."""
