"""What officers and members type about money, a room for each subject. Forms read and explain; they never write."""
