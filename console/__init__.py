"""The pages of the hall: the technician's bench, the clerk's counter, the supervisor's hall."""
