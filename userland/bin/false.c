/*
 * false: return false.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/false.html
 */
int main(void)
{
    return 1;
}
