"""What the journeys are made with: Odoo, the service, the simulated printer and the people at the screen."""
